import { Button, PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { PageHeader } from "../components/page-header";
import { signIn, useSession } from "../graphql/session";
import styles from "./sign-in.module.css";

/** In place of the view, when the gateway wants to know who asks. */
export function SignIn() {
  const { key: before } = useSession();
  const [key, setKey] = useState("");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = key.trim();
    if (typed) signIn(typed);
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <PageHeader title="Sign in" />
      <p className={styles.text}>This gateway answers those who have an API key. It is kept in this tab until you close it.</p>
      <PasswordInput
        label="API key"
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        error={before !== null && key === "" ? "The gateway did not accept the key." : undefined}
        autoComplete="off"
        autoFocus
        required
        withAsterisk={false}
      />
      <Button type="submit">Sign in</Button>
    </form>
  );
}
