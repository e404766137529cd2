import { Empty } from "../../components/notice";
import { PageHeader } from "../../components/page-header";

export default function Engagement({ id }: { id: string }) {
  return (
    <>
      <PageHeader title="Engagement" />
      <Empty title="This page is being built">{id}</Empty>
    </>
  );
}
