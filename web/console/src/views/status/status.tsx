import { Empty } from "../../components/notice";
import { PageHeader } from "../../components/page-header";

export default function Status() {
  return (
    <>
      <PageHeader title="Status" />
      <Empty title="This page is being built" />
    </>
  );
}
