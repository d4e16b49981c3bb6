/** What one wants to see of a metric: of a counter its rate. By name, since nothing else is known of it. */
export function metricExpression(name: string, selector: string): string {
  const series = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)
    ? `${name}${selector}`
    : `{${JSON.stringify(name)},${selector.slice(1)}`;
  return /_(total|count|sum|bucket)$/.test(name) ? `rate(${series}[1m])` : series;
}
