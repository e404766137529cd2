import { lazy, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import { ErrorBoundary } from "./components/error-boundary";
import { PageSkeleton } from "./components/loading";
import { NotFound } from "./shell/not-found";

// Each view is a chunk of its own, so that the list does not wait for the charts. The gateway answers these paths with
// the console's page: see src/http/mod.rs.
const List = lazy(() => import("./views/list/list"));
const Referral = lazy(() => import("./views/referral/referral"));
const Engagement = lazy(() => import("./views/engagement/engagement"));
const New = lazy(() => import("./views/new/new"));
const Pipeline = lazy(() => import("./views/pipeline/pipeline"));
const Status = lazy(() => import("./views/status/status"));

export function Routes() {
  const [path] = useLocation();
  return (
    // A view that broke does not break those that are gone to from it.
    <ErrorBoundary key={path}>
      <Suspense fallback={<PageSkeleton />}>
        <Switch>
          <Route path="/">
            <List />
          </Route>
          {/* The key makes another referral another page: nothing of the one before stays in view. */}
          <Route path="/referrals/:id">{({ id }) => <Referral key={id} id={id} />}</Route>
          <Route path="/engagements/:id">{({ id }) => <Engagement key={id} id={id} />}</Route>
          <Route path="/new">
            <New />
          </Route>
          <Route path="/pipeline">
            <Pipeline />
          </Route>
          <Route path="/status">
            <Status />
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}
