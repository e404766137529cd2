import { type ReactNode, useEffect, useRef } from "react";
import type { AnyVariables, DocumentInput } from "urql";
import { graphiqlLink } from "../graphql/graphiql";
import { wasNavigated } from "../shell/navigation";
import styles from "./page-header.module.css";

interface PageHeaderProps<Variables extends AnyVariables> {
  title: ReactNode;
  /** The title as text, where `title` is more than that. */
  documentTitle?: string;
  /** Beside the title. */
  aside?: ReactNode;
  /** What this view asks the gateway. */
  query?: { document: DocumentInput<unknown, Variables>; variables?: Variables };
}

/** The view's first heading. It takes the focus after a navigation, so that reading goes on with the new view. */
export function PageHeader<Variables extends AnyVariables>({
  title,
  documentTitle,
  aside,
  query,
}: PageHeaderProps<Variables>) {
  const heading = useRef<HTMLHeadingElement>(null);
  const graphiql = query && graphiqlLink(query.document, query.variables);
  const name = documentTitle ?? (typeof title === "string" ? title : "");

  useEffect(() => {
    document.title = name ? `${name} · referral-gateway` : "referral-gateway";
  }, [name]);

  useEffect(() => {
    if (wasNavigated()) heading.current?.focus({ preventScroll: true });
  }, []);

  return (
    <header className={styles.header}>
      <h1 ref={heading} tabIndex={-1} className={styles.title}>
        {title}
      </h1>
      {aside && <div className={styles.aside}>{aside}</div>}
      {graphiql && (
        <a className={styles.link} href={graphiql} target="_blank" rel="noreferrer">
          Open in GraphiQL<span className="unseen"> (opens a new tab)</span>
        </a>
      )}
    </header>
  );
}
