import { Empty } from "../../components/notice";
import { PageHeader } from "../../components/page-header";

export default function New() {
  return (
    <>
      <PageHeader title="New referral" />
      <Empty title="This page is being built" />
    </>
  );
}
