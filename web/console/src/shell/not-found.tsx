import { Link } from "wouter";
import { Empty } from "../components/notice";
import { PageHeader } from "../components/page-header";

export function NotFound() {
  return (
    <>
      <PageHeader title="There is no such page" />
      <Empty title="Nothing is kept under this address" action={<Link href="/">To the referrals</Link>} />
    </>
  );
}
