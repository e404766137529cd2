import { Button } from "@mantine/core";
import type { CombinedError } from "urql";
import { Link } from "wouter";
import { Empty, Failed } from "../../components/notice";
import { countRules, type ListState, withoutRules } from "./state";

interface NothingProps {
  state: ListState;
  error: CombinedError | undefined;
  onChange: (state: ListState) => void;
  onRetry: () => void;
}

/** No rows: because of a failure, of the filter, or because there are none. */
export function Nothing({ state, error, onChange, onRetry }: NothingProps) {
  if (error) return <Failed error={error} onRetry={onRetry} />;
  if (state.search || countRules(state) > 0) {
    return (
      <Empty
        title="No referral matches"
        action={
          <Button variant="default" size="xs" onClick={() => onChange(withoutRules(state))}>
            Show all referrals
          </Button>
        }
      >
        Every rule of the filter must hold.
      </Empty>
    );
  }
  return (
    <Empty title="No referrals yet" action={<Link href="/new">Make the first one</Link>}>
      As soon as a vendor has one, it is here.
    </Empty>
  );
}
