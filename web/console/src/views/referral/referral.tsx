import { Empty } from "../../components/notice";
import { PageHeader } from "../../components/page-header";

export default function Referral({ id }: { id: string }) {
  return (
    <>
      <PageHeader title="Referral" />
      <Empty title="This page is being built">{id}</Empty>
    </>
  );
}
