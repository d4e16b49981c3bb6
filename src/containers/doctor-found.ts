import { applyRelabelSteps, labelsFromObject, labelsToObject } from '#model';
import type { RelabelRule, RelabelStep } from '#model';
import { BECAUSE_OURSELVES, BECAUSE_TOO_MANY } from './choice.ts';
import type { Container } from './container.ts';
import type { FoundTargets } from './doctor.ts';
import { counted } from './examination.ts';
import type { Details, Examination } from './examination.ts';
import { unreadLabelAdvice } from './doctor-words.ts';
import type { DiscardedTarget, ScrapedTargets } from './scraped-target.ts';

/** Does any job know of it? */
export function checkDiscovered(
  examination: Examination,
  container: Container,
  { active, dropped, choice }: FoundTargets,
): void {
  const { state } = container;
  if (state !== 'running' && state !== 'paused') {
    const advice = 'It does not run: start it, and its metrics are looked for again.';
    examination.fail('discovered', `it is ${state}; only what runs is scraped`, advice);
    return;
  }
  if (state === 'paused') {
    const advice = 'It is paused, so that nothing in it answers: docker unpause lets it go on.';
    examination.fail('discovered', 'it is paused', advice);
    return;
  }
  const jobs = [...new Set([...active, ...dropped].map(({ scrapePool }) => scrapePool))];
  const details = [...active, ...dropped].map(({ scrapePool, discoveredLabels }) => ({
    title: `discovered by ${scrapePool}`,
    text: labelLines(discoveredLabels),
  }));
  if (jobs.length > 0) {
    const found = counted(active.length + dropped.length, 'target');
    examination.ok('discovered', `${found} of ${jobs.map(quoted).join(', ')}`, details);
  } else if (choice === undefined) {
    examination.fail('discovered', 'no job of the configuration finds it', jobAdvice(container));
  } else {
    examination.ok('discovered', 'found through the engine');
  }
}

function jobAdvice({ addresses, exposedPorts }: Container): string {
  const ip = addresses[0]?.ip;
  const example =
    ip === undefined ? '' : `, or name ${ip}:${exposedPorts[0] ?? 80} in static_configs`;
  return `Add it to a job: docker_sd_configs finds all containers${example}.`;
}

/** Is it wanted, and by what? */
export function checkChosen(
  examination: Examination,
  container: Container,
  { active, dropped, choice }: FoundTargets,
): void {
  if (choice === undefined) {
    const [first] = [...active, ...dropped];
    if (first !== undefined) examination.ok('chosen', howMatched(first));
    return;
  }
  const details = [
    ...choice.ports.map(({ port, finding }) => ({ title: `port ${port}`, text: finding })),
    ...choice.problems.map((text) => ({ title: 'label', text })),
  ];
  const [problem] = choice.problems;
  if (choice.kind === 'asking') {
    const advice = 'Its ports are still being asked: look again in a minute.';
    examination.warn('chosen', `its ports are being asked: ${choice.because}`, advice, details);
    if (active.length === 0) examination.end();
  } else if (choice.kind === 'none') {
    const advice = problem === undefined ? noneAdvice(container, choice.because) : problem;
    examination.fail('chosen', choice.because, sentence(advice), details);
  } else if (problem !== undefined) {
    examination.warn('chosen', choice.because, unreadLabelAdvice(problem), details);
  } else {
    examination.ok('chosen', choice.because, details);
  }
}

function howMatched({ discoveredLabels, scrapePool }: DiscardedTarget): string {
  const how =
    discoveredLabels['__meta_docker_container_id'] === undefined
      ? `by its address ${discoveredLabels['__address__'] ?? ''}`
      : 'through the engine';
  return `job ${quoted(scrapePool)} found it ${how}`;
}

function noneAdvice({ exposedPorts }: Container, because: string): string {
  if (because === BECAUSE_OURSELVES) return 'Its metrics are there, under the job narthex';
  if (because === BECAUSE_TOO_MANY) {
    return 'Leave others alone with the label narthex.scrape=false, or name its job in a configuration file';
  }
  if (because.startsWith('no port answers')) {
    return 'None of its ports has metrics at a usual path: if it has some, name port and path with the labels narthex.port and narthex.path';
  }
  if (/="?(?:f|n|0|off)/i.test(because))
    return `A label says that it is not to be scraped (${because})`;
  if (exposedPorts.length === 0) {
    return 'It exposes no port: if it has metrics, name their port with the label narthex.port';
  }
  return 'If it has metrics, name their port with the label narthex.port';
}

/** What did the job's rules make of it? */
export function checkRelabelled(
  examination: Examination,
  { active, dropped }: FoundTargets,
  targets: ScrapedTargets,
): void {
  const [first] = active;
  if (first !== undefined) {
    const rules = targets.config(first.scrapePool)?.relabelRules ?? [];
    const finding =
      rules.length === 0
        ? 'the job has no relabel_configs'
        : `kept by all ${rules.length} rules of the job`;
    const details = [{ title: 'labels of the target', text: labelLines(first.labels) }];
    examination.ok('relabelled', finding, details);
    return;
  }
  const [gone] = dropped;
  if (gone === undefined) return;
  const steps = stepsOf(gone, targets);
  const at = steps.findIndex(({ labels }) => labels === undefined);
  const rule = steps[at]?.rule;
  if (rule === undefined) {
    const finding = `job ${quoted(gone.scrapePool)} makes no target of it`;
    examination.fail('relabelled', finding, 'Look at the job on the page of discovery.');
    return;
  }
  const finding = `rule ${at + 1} of job ${quoted(gone.scrapePool)} dropped it: ${ruleText(rule)}`;
  const before = at === 0 ? gone.discoveredLabels : labelsToObject(steps[at - 1]?.labels ?? []);
  const sources = rule.sourceLabels.map((name) => `${name}=${quoted(before[name] ?? '')}`);
  const verb = rule.action === 'keep' || rule.action === 'keepequal' ? 'wants' : 'drops';
  const advice = `Rule ${at + 1} ${verb} what matches ${quoted(rule.regex.source)}; this container has ${sources.join(', ')}.`;
  examination.fail('relabelled', finding, advice, stepDetails(steps, gone));
}

function stepsOf(gone: DiscardedTarget, targets: ScrapedTargets): readonly RelabelStep[] {
  const rules = targets.config(gone.scrapePool)?.relabelRules ?? [];
  return applyRelabelSteps(rules, labelsFromObject(gone.discoveredLabels));
}

function stepDetails(
  steps: readonly RelabelStep[],
  { discoveredLabels }: DiscardedTarget,
): Details {
  const rules = steps.map(({ rule, labels, changed }, i) => ({
    title: `rule ${i + 1}: ${ruleText(rule)}`,
    text:
      labels === undefined
        ? 'dropped it'
        : changed
          ? labelLines(labelsToObject(labels))
          : 'changed nothing',
  }));
  return [{ title: 'discovered', text: labelLines(discoveredLabels) }, ...rules];
}

function ruleText({ action, sourceLabels, regex, targetLabel }: RelabelRule): string {
  const target = targetLabel === '' ? '' : ` to ${targetLabel}`;
  return `${action} [${sourceLabels.join(', ')}] by ${quoted(regex.source)}${target}`;
}

function labelLines(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return first.endsWith('.') ? first : `${first}.`;
}
