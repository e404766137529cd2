import { useMediaQuery } from "@mantine/hooks";
import { useLayoutEffect, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { PageHeader } from "../../components/page-header";
import { ReferralListDocument } from "../../graphql/generated/graphql";
import { Cards } from "./cards";
import { Filters } from "./filters";
import { More } from "./more";
import { Nothing } from "./nothing";
import { Summary } from "./summary";
import { Table } from "./table";
import { filterOf, type ListState, orderOf, parseState, printState } from "./state";
import { usePages } from "./use-pages";
import styles from "./list.module.css";

/** The referrals of all vendors in one list. */
export default function List() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseState(search), [search]);
  const question = useMemo(() => ({ filter: filterOf(state, new Date()), orderBy: orderOf(state) }), [state]);
  const list = usePages(question);
  const { pages, rows, isLoading, error } = list;
  const isNarrow = useMediaQuery("(max-width: 47.99em)", undefined, { getInitialValueInEffect: false });

  useLayoutEffect(() => {
    if (pages.scrollTop > 0) scrollTo(0, pages.scrollTop);
    return () => {
      pages.scrollTop = scrollY;
    };
  }, [pages]);

  // The address tells the state, and going back leads to the view before and not through every filter.
  const change = (next: ListState) => {
    const text = printState(next);
    navigate(text ? `/?${text}` : "/", { replace: true });
  };

  const Rows = isNarrow ? Cards : Table;
  const isEmpty = rows.length === 0 && !isLoading;
  return (
    <>
      <PageHeader
        title="Referrals"
        query={{ document: ReferralListDocument, variables: { first: 50, ...question } }}
      />
      <Filters state={state} onChange={change} />
      <Summary list={list} />
      <div className={styles.rows} aria-busy={isLoading}>
        {isEmpty ? (
          <Nothing state={state} error={error} onChange={change} onRetry={pages.reload} />
        ) : (
          <Rows rows={rows} isLoading={isLoading} state={state} onChange={change} />
        )}
      </div>
      {rows.length > 0 && <More list={list} />}
    </>
  );
}
