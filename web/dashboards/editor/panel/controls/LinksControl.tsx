import { Button, Checkbox, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { isList, isObject, type Json, type JsonObject } from '#dashboards';
import { Icon } from '../../../../components/Icon.tsx';
import { IconButton } from '../../../../components/IconButton.tsx';

interface LinksControlProps {
  readonly value: Json | undefined;
  /** What a link can say: variables that are worth a hint. */
  readonly hint: string;
  readonly onChange: (value: Json) => void;
}

/** Links of a panel or of its values. */
export function LinksControl({ value, hint, onChange }: LinksControlProps): ReactElement {
  const links: readonly JsonObject[] = isList(value) ? value.filter(isObject) : [];
  const setLink = (index: number, change: JsonObject): void =>
    onChange(links.map((link, i) => (i === index ? { ...link, ...change } : link)));
  return (
    <div className="nx-links">
      <ul>
        {links.map((link, index) => (
          <li key={index} className="nx-link">
            <div className="nx-link-fields">
              <TextInput
                size="xs"
                aria-label={`Title of link ${index + 1}`}
                placeholder="Title"
                value={textIn(link['title'])}
                onChange={(event) => setLink(index, { title: event.currentTarget.value })}
              />
              <TextInput
                size="xs"
                aria-label={`Address of link ${index + 1}`}
                placeholder="/d/uid?var-name=…"
                value={textIn(link['url'])}
                onChange={(event) => setLink(index, { url: event.currentTarget.value })}
              />
              <Checkbox
                size="xs"
                label="In a new tab"
                checked={link['targetBlank'] === true}
                onChange={(event) => setLink(index, { targetBlank: event.currentTarget.checked })}
              />
            </div>
            <IconButton
              icon="trash"
              label={`Remove link ${index + 1}`}
              size={28}
              onClick={() => onChange(links.filter((_, i) => i !== index))}
            />
          </li>
        ))}
      </ul>
      {links.length > 0 && <p className="nx-pe-hint">{hint}</p>}
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="add" size={14} />}
        onClick={() => onChange([...links, { title: '', url: '' }])}
      >
        Add link
      </Button>
    </div>
  );
}

function textIn(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
