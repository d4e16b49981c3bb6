import type uPlot from 'uplot';

export function holdsPan(event: MouseEvent): boolean {
  return event.shiftKey && event.button === 0;
}

/**
 * Moves what is drawn along with the pointer until the button is released. The picture of the plot and of its times
 * is moved, nothing is drawn anew, so a thousand series cost as much as one.
 */
export function startPan(
  chart: uPlot,
  press: MouseEvent,
  onEnd: (startMs: number, endMs: number) => void,
): void {
  const picture = copyPlot(chart);
  let shiftPx = 0;
  let frame = 0;
  const move = (event: MouseEvent): void => {
    shiftPx = event.clientX - press.clientX;
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      drawMoved(chart, picture, shiftPx);
    });
  };
  const end = (): void => {
    cancelAnimationFrame(frame);
    document.removeEventListener('mousemove', move);
    document.removeEventListener('mouseup', end);
    if (shiftPx === 0) return;
    const shift = chart.posToVal(0, 'x') - chart.posToVal(shiftPx, 'x');
    const { min = 0, max = 0 } = chart.scales['x'] ?? {};
    onEnd(Math.round((min + shift) * 1000), Math.round((max + shift) * 1000));
  };
  document.addEventListener('mousemove', move);
  document.addEventListener('mouseup', end);
}

function copyPlot(chart: uPlot): HTMLCanvasElement {
  const { left, width } = chart.bbox;
  const { canvas } = chart.ctx;
  const picture = document.createElement('canvas');
  picture.width = Math.max(1, Math.round(width));
  picture.height = Math.max(1, canvas.height);
  picture.getContext('2d')?.drawImage(canvas, -left, 0);
  return picture;
}

function drawMoved(chart: uPlot, picture: HTMLCanvasElement, shiftPx: number): void {
  const { ctx } = chart;
  const { left, width } = chart.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, 0, width, ctx.canvas.height);
  ctx.clip();
  ctx.clearRect(left, 0, width, ctx.canvas.height);
  ctx.drawImage(picture, left + Math.round(shiftPx * devicePixelRatio), 0);
  ctx.restore();
}
