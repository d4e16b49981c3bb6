import type { ReactElement } from 'react';
import { PageHeading } from '../../components/PageHeading.tsx';

export function ContainerPage({ name }: { readonly name: string }): ReactElement {
  return <PageHeading title={name} />;
}
