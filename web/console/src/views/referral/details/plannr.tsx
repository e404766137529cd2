import { Facts } from "../../../components/facts";
import { formatDay } from "../../../format/time";
import { humanize } from "../../../format/words";
import type { PlannrDetailsFragment } from "../../../graphql/generated/graphql";

function names(clients: { name: string | null; remoteId: string | null }[]): string {
  return clients.map((client) => client.name ?? client.remoteId ?? "unnamed").join(", ");
}

function duration(months: number | null): string {
  if (months === null) return "For life";
  return months === 1 ? "1 month" : `${months} months`;
}

export function Plannr({ details }: { details: PlannrDetailsFragment }) {
  return (
    <Facts
      facts={[
        ["Advice on", details.adviceType && humanize(details.adviceType)],
        ["Duration", duration(details.durationMonths)],
        ["Deadline (SLA)", details.slaDeadline && formatDay(details.slaDeadline)],
        ["Clients", names(details.clients)],
        ["Their copies", names(details.clonedClients)],
        ["Shared data", details.sharedData.map(humanize).join(", ") || "None"],
        ["Sender's firm", details.senderFirm?.name],
        ["Recipient's firm", details.recipientFirm?.name],
        ["Why it was rejected", details.rejectionReason],
      ]}
    />
  );
}
