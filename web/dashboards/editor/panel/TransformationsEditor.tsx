import { Button, Menu, Switch } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import {
  addTransformation,
  isTransformationOff,
  isObject,
  type Json,
  type JsonObject,
  jsonAt,
  listAt,
  moveItem,
  removeItem,
  switchTransformation,
  transformationKinds,
  transformationsPath,
  transformFrames,
  withJsonAt,
} from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { IconButton } from '../../../components/IconButton.tsx';
import { ItemMoves } from './ItemMoves.tsx';
import { textOf } from './OptionControls.tsx';
import { usePanelEdit } from './panel-edit.ts';
import { TransformationForm } from './TransformationForm.tsx';
import { namesOf } from './use-edited-panel.ts';

/** What the answers become before they are drawn, in order. */
export function TransformationsEditor(): ReactElement {
  const { panel, name, change } = usePanelEdit();
  const list = listAt(panel, transformationsPath);
  return (
    <div className="nx-pe-list">
      {list.length === 0 && (
        <p className="nx-quiet">
          What the queries answer is drawn as it is. Transformations join, rename, filter and
          calculate, most of all for tables.
        </p>
      )}
      {list.map((item, index) => (
        <TransformationCard
          key={`${index} ${idOf(item)}`}
          {...{ item, index }}
          count={list.length}
        />
      ))}
      <Menu position="top-start" shadow="md" keepMounted={false}>
        <Menu.Target>
          <Button
            size="sm"
            variant="default"
            className="nx-pe-add"
            leftSection={<Icon name="add" size={15} />}
          >
            Add transformation
          </Button>
        </Menu.Target>
        <Menu.Dropdown className="nx-pe-menu">
          {transformationKinds.map((kind) => (
            <Menu.Item
              key={kind.id}
              onClick={() => change(addTransformation(panel, kind), `${kind.name} in ${name}`)}
            >
              {kind.name} <span className="nx-quiet">{kind.help}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface TransformationCardProps {
  readonly item: Json;
  readonly index: number;
  readonly count: number;
}

function TransformationCard({ item, index, count }: TransformationCardProps): ReactElement {
  const { panel, view, answered, name, change } = usePanelEdit();
  const [showsJson, setShowsJson] = useState(false);
  const id = idOf(item);
  const kind = transformationKinds.find((one) => one.id === id);
  const title = kind?.name ?? id;
  const isOff = isTransformationOff(panel, index);
  // What comes in is what those before it leave.
  const names = useMemo(
    () => namesOf(transformFrames(answered, view.transformations.slice(0, index)).frames),
    [answered, view.transformations, index],
  );
  const about = `${title} in ${name}`;
  const setOptions = (options: JsonObject): void =>
    change(withJsonAt(panel, [...transformationsPath, index, 'options'], options), about);
  const options = jsonAt(item, ['options']);
  const isForm = kind !== undefined && kind.form !== 'json' && !showsJson;
  return (
    <section className="nx-pe-card" data-off={isOff} aria-label={`Transformation ${index + 1}`}>
      <header className="nx-pe-item-head">
        <strong className="nx-pe-card-title">
          {index + 1}. {title}
        </strong>
        <span className="nx-pe-actions">
          <Switch
            size="xs"
            aria-label={`${title} is on`}
            checked={!isOff}
            onChange={() => change(switchTransformation(panel, index), `Switch of ${about}`)}
          />
          {kind !== undefined && kind.form !== 'json' && (
            <IconButton
              icon="file"
              label={showsJson ? `Form of ${title}` : `JSON of ${title}`}
              size={28}
              onClick={() => setShowsJson(!showsJson)}
            />
          )}
          <ItemMoves
            what={title}
            index={index}
            count={count}
            onMove={(by) =>
              change(moveItem(panel, transformationsPath, { index, by }), `Place of ${about}`)
            }
            onRemove={() =>
              change(removeItem(panel, transformationsPath, index), `Removal of ${about}`)
            }
          />
        </span>
      </header>
      {kind !== undefined && <p className="nx-pe-hint">{kind.help}</p>}
      <TransformationForm
        kind={isForm ? kind : undefined}
        title={title}
        options={isObject(options) ? options : {}}
        names={names}
        onChange={setOptions}
      />
    </section>
  );
}

function idOf(item: Json): string {
  return textOf(jsonAt(item, ['id']));
}
