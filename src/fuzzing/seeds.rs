//! What the fuzzing begins with: each is what its reader takes, unless its name begins with `refused`.

use std::fs;
use std::path::Path;

/// The tokens among them that are taken.
pub(super) const SIGNED: [&str; 3] = [
    include_str!("../../fuzz/seeds/token/plain"),
    include_str!("../../fuzz/seeds/token/usual"),
    include_str!("../../fuzz/seeds/token/lists"),
];

/// The seeds of a target, by name.
pub(super) fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let files = fs::read_dir(folder.join(target)).unwrap();
    let mut seeds: Vec<_> = files
        .map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        })
        .collect();
    seeds.sort();
    seeds
}

#[test]
fn every_seed_is_taken_by_its_reader_unless_its_name_says_otherwise() {
    type Reader = fn(&[u8]) -> bool;
    let readers: [(&str, Reader); 7] = [
        ("document", super::document),
        ("question", super::question),
        ("cursor", super::cursor),
        ("id", super::id),
        ("host", super::host),
        ("token", |bytes| super::token(bytes, &SIGNED)),
        ("keys", |bytes| super::keys(bytes, &SIGNED)),
    ];
    for (target, read) in readers {
        let seeds = seeds(target);
        assert!(seeds.len() >= 3, "{target}");
        for (name, bytes) in seeds {
            assert_eq!(
                read(&bytes),
                !name.starts_with("refused"),
                "{target}: {name}"
            );
        }
    }
}
