import { Empty } from "../../components/notice";
import { PageHeader } from "../../components/page-header";

export default function List() {
  return (
    <>
      <PageHeader title="Referrals" />
      <Empty title="This page is being built" />
    </>
  );
}
