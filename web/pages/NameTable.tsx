import { Table } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

export interface NameTableRow {
  readonly name: string;
  readonly value: ReactNode;
}

interface NameTableProps {
  readonly rows: readonly NameTableRow[];
  readonly headings: readonly [string, string];
  readonly isCode?: boolean;
  /** Numbers stand right, under each other. */
  readonly isNumeric?: boolean;
}

export function NameTable(props: NameTableProps): ReactElement {
  const { rows, headings, isCode = false, isNumeric = false } = props;
  return (
    <div className="nx-card nx-table" data-code={isCode} data-numeric={isNumeric}>
      <Table verticalSpacing={8} horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            {headings.map((heading) => (
              <Table.Th key={heading}>{heading}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, value }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
