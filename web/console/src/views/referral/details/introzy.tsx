import { Copyable } from "../../../components/copyable";
import { Facts } from "../../../components/facts";
import type { IntrozyDetailPartyFragment, IntrozyDetailsFragment } from "../../../graphql/generated/graphql";

type Named = Pick<IntrozyDetailPartyFragment, "firstName" | "lastName"> & {
  name?: string | null;
  company?: { name: string | null } | null;
};

function nameOf(party: Named | null): string | null {
  if (!party) return null;
  const person = [party.firstName, party.lastName].filter(Boolean).join(" ");
  return [person || party.name, party.company?.name].filter(Boolean).join(", ") || null;
}

export function Introzy({ details }: { details: IntrozyDetailsFragment }) {
  const { stageSortOrder } = details;
  return (
    <Facts
      facts={[
        ["Owner", nameOf(details.owner)],
        ["Seeker", nameOf(details.seeker)],
        ["Provider", nameOf(details.provider)],
        ["Stage's meaning", details.stageDescription],
        ["Stage's place", stageSortOrder === null ? null : String(stageSortOrder + 1)],
        ["Pipeline deal", <Copyable key="deal" text={details.pipelineDealId} what="the deal's id" />],
      ]}
    />
  );
}
