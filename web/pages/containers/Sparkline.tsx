import { memo, type ReactElement } from 'react';
import { sparkPaths } from './sparks.ts';

interface SparklineProps {
  readonly values: Float64Array;
  /** The value at the top. */
  readonly top: number;
  /** In words: what it shows. */
  readonly label: string;
}

const WIDTH = 112;
const HEIGHT = 26;

export const Sparkline = memo(function Sparkline(props: SparklineProps): ReactElement {
  const { values, top, label } = props;
  const { line, area } = sparkPaths(values, { width: WIDTH, height: HEIGHT, top });
  return (
    <svg
      className="nx-spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className="nx-spark-area" d={area} />
      <path className="nx-spark-line" d={line} />
    </svg>
  );
});
