//! The people and companies that all four emulators tell of: the same person has the same name and e-mail address
//! everywhere, as in a team that uses several referral systems at once. Everything is computed from fixed tables, so
//! every start of the sandbox shows the same world.

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A company, known to some vendors by id and to others only by name.
#[derive(Clone, Copy, Debug)]
pub struct Company {
    /// As all vendors spell it.
    pub name: &'static str,
    /// ISO 3166 alpha-2.
    pub country: &'static str,
}

/// A person and the company they work for.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Given name.
    pub first_name: &'static str,
    /// Family name.
    pub last_name: &'static str,
    /// Index into [`COMPANIES`].
    pub company: usize,
}

/// The companies of the world. The first is the one whose credentials the gateway holds.
pub const COMPANIES: [Company; 12] = [
    Company {
        name: "Harbour & Pine",
        country: "GB",
    },
    Company {
        name: "Northwind Traders",
        country: "US",
    },
    Company {
        name: "Fabrikam Finance",
        country: "GB",
    },
    Company {
        name: "Contoso Health",
        country: "US",
    },
    Company {
        name: "Ábaco Seguros",
        country: "ES",
    },
    Company {
        name: "Löwe & Söhne",
        country: "DE",
    },
    Company {
        name: "Litware Pensions",
        country: "GB",
    },
    Company {
        name: "Adventure Works",
        country: "CA",
    },
    Company {
        name: "山田商事",
        country: "JP",
    },
    Company {
        name: "Tailspin Mortgages",
        country: "GB",
    },
    Company {
        name: "Proseware",
        country: "IE",
    },
    Company {
        name: "O'Neill Estates",
        country: "IE",
    },
];

/// From this index on, referrals are some minutes apart and not a day.
const BUSY: u32 = 140;

/// The people of the world. The first two work for the gateway's own company.
pub const PEOPLE: [Person; 24] = [
    Person {
        first_name: "Ada",
        last_name: "Okoro",
        company: 0,
    },
    Person {
        first_name: "Bob",
        last_name: "Marsh",
        company: 0,
    },
    Person {
        first_name: "Chiara",
        last_name: "Conti",
        company: 1,
    },
    Person {
        first_name: "Dmitri",
        last_name: "Volkov",
        company: 1,
    },
    Person {
        first_name: "Elin",
        last_name: "Åberg",
        company: 2,
    },
    Person {
        first_name: "Farid",
        last_name: "Haddad",
        company: 2,
    },
    Person {
        first_name: "Grace",
        last_name: "O'Neill",
        company: 11,
    },
    Person {
        first_name: "Hiro",
        last_name: "Yamada",
        company: 8,
    },
    Person {
        first_name: "Inés",
        last_name: "Ruiz",
        company: 4,
    },
    Person {
        first_name: "Jürgen",
        last_name: "Löwe",
        company: 5,
    },
    Person {
        first_name: "Kemi",
        last_name: "Adeyemi",
        company: 6,
    },
    Person {
        first_name: "Liam",
        last_name: "Byrne",
        company: 10,
    },
    Person {
        first_name: "Maya",
        last_name: "Patel",
        company: 6,
    },
    Person {
        first_name: "Noor",
        last_name: "Rahman",
        company: 9,
    },
    Person {
        first_name: "Owen",
        last_name: "Price",
        company: 9,
    },
    Person {
        first_name: "Priya",
        last_name: "Nair",
        company: 3,
    },
    Person {
        first_name: "Quentin",
        last_name: "Moreau",
        company: 7,
    },
    Person {
        first_name: "Rosa",
        last_name: "Delgado",
        company: 4,
    },
    Person {
        first_name: "Sam",
        last_name: "Reed",
        company: 3,
    },
    Person {
        first_name: "Tara",
        last_name: "Singh",
        company: 7,
    },
    Person {
        first_name: "Uma",
        last_name: "Kovács",
        company: 5,
    },
    Person {
        first_name: "Viktor",
        last_name: "Novák",
        company: 10,
    },
    Person {
        first_name: "Wen",
        last_name: "Li",
        company: 8,
    },
    Person {
        first_name: "Zoë",
        last_name: "van Dijk",
        company: 1,
    },
];

impl Person {
    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// Plain ASCII, in a domain reserved for examples.
    pub fn email(&self) -> String {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(char::is_ascii_alphabetic)
                .collect::<String>()
                .to_lowercase()
        };
        format!(
            "{}.{}@example.test",
            plain(self.first_name),
            plain(self.last_name)
        )
    }

    /// A number in a range kept free for fiction.
    pub fn phone(&self) -> String {
        format!(
            "+44 20 7946 0{:03}",
            u32::from(id("phone", &self.email()).as_bytes()[0])
        )
    }

    /// Where they work.
    pub fn company(&self) -> Company {
        COMPANIES[self.company]
    }
}

/// The same id for the same kind and name, in every start.
pub fn id(kind: &str, name: &str) -> Uuid {
    let digest = Sha256::digest(format!("{kind}/{name}"));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// When the `index`-th newest referral of the vendor with this `seat` (0 to 3) was created. The vendors' referrals
/// interleave; every tenth is created at the same instant in all of them, so that ties across vendors occur. In worlds
/// larger than the seeded one the old days were busier, so that they do not reach back for decades.
pub fn created_at(seat: u32, index: u32) -> Timestamp {
    let newest: Timestamp = "2026-10-30T16:20:00Z"
        .parse()
        .expect("the literal is a timestamp");
    let minutes = if index >= BUSY {
        let offset = u64::from(seat) * 7 + u64::from(index % 7);
        let offset = if index.is_multiple_of(10) { 0 } else { offset };
        u64::from(BUSY) * 1_680 + u64::from(index - BUSY) * 28 + offset
    } else if index.is_multiple_of(10) {
        u64::from(index) * 1_680
    } else {
        u64::from(index) * 1_680 + u64::from(seat) * 420 + u64::from(index * 13 % 60)
    };
    newest
        .checked_sub(Duration::from_secs(minutes * 60))
        .expect("the result is within jiff's range")
}
