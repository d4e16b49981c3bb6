import type { CSSProperties, ReactElement } from 'react';
import { Icon } from '../components/Icon.tsx';
import { switchAnnotation } from './annotation-params.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import type { ShownAnnotation } from './use-annotations.ts';

/** Which marks stand on the graphs, and how many of them. Nothing where there is nothing to switch. */
export function AnnotationSwitches({
  scope,
}: {
  readonly scope: DashboardScope;
}): ReactElement | null {
  const shown = scope.annotations.filter(isShown);
  if (shown.length === 0) return null;
  return (
    <div className="nx-marks" role="group" aria-label="Annotations">
      {shown.map((annotation) => (
        <AnnotationSwitch
          key={annotation.query.index}
          annotation={annotation}
          onSwitch={(isOn) =>
            scope.change((params) => switchAnnotation(params, annotation.query, isOn))
          }
        />
      ))}
    </div>
  );
}

/** Grafana hides the switch of its own annotations in most files: ours is there as soon as it matters. */
function isShown({ query, events, isOn, problem }: ShownAnnotation): boolean {
  if (!query.isHidden) return true;
  const isOwn = query.expr === '';
  return problem !== '' || (isOwn && (events.length > 0 || isOn !== query.isEnabled));
}

interface AnnotationSwitchProps {
  readonly annotation: ShownAnnotation;
  readonly onSwitch: (isOn: boolean) => void;
}

function AnnotationSwitch({ annotation, onSwitch }: AnnotationSwitchProps): ReactElement {
  const { name, isOn, isLoading, colour, events, isCut, problem } = annotation;
  const count = `${events.length}${isCut ? '+' : ''}`;
  const told = isCut ? `${name}: the newest ${events.length} of this time are shown` : undefined;
  const style = { '--nx-event': colour ?? 'var(--nx-quiet)' } as CSSProperties;
  return (
    <span className="nx-mark-switch">
      <button type="button" aria-pressed={isOn} title={told} onClick={() => onSwitch(!isOn)}>
        <span className="nx-mark-dot" style={style} />
        {name}
        {isOn && (
          <span className="nx-number nx-quiet" data-busy={isLoading}>
            {count}
          </span>
        )}
      </button>
      {problem !== '' && (
        <span className="nx-variable-problem" title={problem} role="img" aria-label={problem}>
          <Icon name="warning" size={16} />
        </span>
      )}
    </span>
  );
}
