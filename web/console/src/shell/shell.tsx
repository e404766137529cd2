import { Activity, ChartNoAxesColumn, List, type LucideIcon, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useSession } from "../graphql/session";
import { Account } from "./account";
import { useNavigation } from "./navigation";
import { SchemeSwitch } from "./scheme-switch";
import { SignIn } from "./sign-in";
import { VendorStrip } from "./vendor-strip";
import styles from "./shell.module.css";

interface Place {
  path: string;
  name: string;
  icon: LucideIcon;
}

const PLACES: Place[] = [
  { path: "/", name: "Referrals", icon: List },
  { path: "/pipeline", name: "Pipeline", icon: ChartNoAxesColumn },
  { path: "/status", name: "Status", icon: Activity },
  { path: "/new", name: "New", icon: Plus },
];

// A referral's page belongs to the list that it was opened from.
function isHere(place: Place, path: string) {
  if (place.path !== "/") return path.startsWith(place.path);
  return path === "/" || path.startsWith("/referrals/") || path.startsWith("/engagements/");
}

export function Shell({ children }: { children: ReactNode }) {
  const path = useNavigation();
  const { refused } = useSession();

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <header className={styles.header}>
        <Link href="/" className={styles.brand}>
          <Mark />
          <span className={styles.brandName}>referral-gateway</span>
        </Link>
        <nav className={styles.places} aria-label="Main">
          {PLACES.map((place) => (
            <Link
              key={place.path}
              href={place.path}
              className={styles.place}
              aria-current={isHere(place, path) ? (place.path === path ? "page" : "true") : undefined}
            >
              <place.icon size={16} aria-hidden />
              {place.name}
            </Link>
          ))}
        </nav>
        <div className={styles.tools}>
          {!refused && <VendorStrip />}
          <SchemeSwitch />
          <Account />
        </div>
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        {refused ? <SignIn /> : children}
      </main>
    </div>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden>
      <rect width="32" height="32" rx="7" fill="var(--mantine-primary-color-filled)" />
      <path d="M10 9.5 22 16 10 22.5" fill="none" stroke="#fff" strokeWidth="2.5" />
      <circle cx="9.5" cy="9" r="3.5" fill="#fff" />
      <circle cx="9.5" cy="23" r="3.5" fill="#fff" />
      <circle cx="22.5" cy="16" r="4.5" fill="#fff" />
    </svg>
  );
}
