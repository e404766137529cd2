import { Chip } from "./chip";

/** The vendor could not be asked, and this is what it last said. */
export function StaleMark() {
  return (
    <Chip tone="warn" title="The vendor could not be asked; this is an older answer.">
      Stale
    </Chip>
  );
}
