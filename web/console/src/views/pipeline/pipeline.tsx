import { Empty } from "../../components/notice";
import { PageHeader } from "../../components/page-header";

export default function Pipeline() {
  return (
    <>
      <PageHeader title="Pipeline" />
      <Empty title="This page is being built" />
    </>
  );
}
