import { Button } from "@mantine/core";
import { signOut, useSession } from "../graphql/session";

/** Only those who signed in can sign out. */
export function Account() {
  const { key, refused } = useSession();
  if (key === null || refused) return null;
  return (
    <Button variant="default" size="compact-xs" onClick={signOut}>
      Sign out
    </Button>
  );
}
