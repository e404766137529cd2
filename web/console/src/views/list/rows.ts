import type { ReferralRowFragment } from "../../graphql/generated/graphql";
import type { ListState } from "./state";

/** What the table and the cards are given. */
export interface RowsProps {
  rows: ReferralRowFragment[];
  isLoading: boolean;
  state: ListState;
  onChange: (state: ListState) => void;
}
