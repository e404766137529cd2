import type { ReactNode } from "react";
import { type AnyVariables, type TypedDocumentNode, useQuery } from "urql";
import { Lines } from "./loading";
import { Failed } from "./notice";
import { Section } from "./section";

interface PanelProps<Data, Variables extends AnyVariables, Value> {
  title: string;
  query: TypedDocumentNode<Data, Variables>;
  variables: Variables;
  /** What is shown, of the answer; nothing when the vendor has no such thing. */
  pick: (data: Data) => Value | null | undefined;
  /** At the right of the title. */
  aside?: ReactNode;
  children: (value: Value) => ReactNode;
}

/** A section with a query of its own: it loads and fails by itself, and the page around it stands. */
export function Panel<Data, Variables extends AnyVariables, Value>(props: PanelProps<Data, Variables, Value>) {
  const { title, query, variables, pick, aside, children } = props;
  const [{ data, error, fetching }, ask] = useQuery({ query, variables, requestPolicy: "cache-and-network" });
  const value = data ? pick(data) : undefined;

  if (value !== null && value !== undefined) {
    return (
      <Section title={title} aside={aside}>
        {children(value)}
      </Section>
    );
  }
  if (fetching) {
    return (
      <Section title={title}>
        <Lines about={`Loading: ${title}…`} />
      </Section>
    );
  }
  if (!error) return null;
  return (
    <Section title={title}>
      <Failed error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />
    </Section>
  );
}
