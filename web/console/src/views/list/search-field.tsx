import { TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { isEmail } from "./state";
import styles from "./filters.module.css";

const PAUSE_MS = 250;

interface SearchFieldProps {
  value: string;
  onChange: (value: string) => void;
}

/** Searches as soon as the reader pauses, or at Enter. */
export function SearchField({ value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const search = useEffectEvent(onChange);
  useHotkeys([["/", () => field.current?.focus()]]);

  // Changed from elsewhere: a link, or the button that resets all.
  useEffect(() => setTyped(value), [value]);

  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => search(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);

  return (
    <TextInput
      ref={field}
      className={styles.search}
      type="search"
      aria-label="Search"
      aria-keyshortcuts="/"
      placeholder="Name, description or e-mail address"
      title={isEmail(typed) ? "Parties with exactly this e-mail address" : undefined}
      leftSection={<Search size={14} aria-hidden />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Enter" && onChange(typed)}
    />
  );
}
