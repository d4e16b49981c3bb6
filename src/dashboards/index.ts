export type * from './dashboard.ts';
export type * from './field-settings.ts';
export type * from './frame.ts';
export type * from './panel-options.ts';
export type * from './variable.ts';
export { duplicateItem, moveItemTo } from './edit-list.ts';
export { describeChanges, type FileChange } from './edit-changes.ts';
export { withExpressions } from './edit-expressions.ts';
export { isSameJson, jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';
export {
  hasOldRows,
  type Layout,
  type LayoutPanel,
  type LayoutRow,
  readLayout,
  writeLayout,
} from './edit-layout.ts';
export { findPanel, panelName, type PanelInFile, replacePanel } from './edit-panel.ts';
export {
  changeKind,
  optionsOfKind,
  type OptionsLaidAside,
  overrideOptions,
} from './edit-panel-kind.ts';
export { addItem, listAt, moveItem, removeItem } from './edit-panel-lists.ts';
export * from './edit-panel-mappings.ts';
export * from './edit-panel-option.ts';
export * from './edit-panel-overrides.ts';
export * from './edit-panel-queries.ts';
export { isOldPanel, rewritePanel, type Rewritten } from './edit-panel-rewrite.ts';
export { type KindSuggestion, suggestKinds } from './edit-panel-suggest.ts';
export * from './edit-panel-transformations.ts';
export { searchUnits, type UnitChoice, unitName } from './unit-catalogue.ts';
export * from './edit-places.ts';
export * from './edit-rows.ts';
export {
  addAnnotation,
  ANNOTATIONS_PATH,
  isBuiltInAnnotation,
  withAnnotationPanels,
  withAnnotationQuery,
  withContainerEvents,
} from './edit-annotations.ts';
export * from './edit-variables.ts';
export { type EditSteps, makeEdit, redoEdit, startEdit, undoEdit } from './edit-steps.ts';
export { layOut } from './grid-layout.ts';
export { type DiffLine, diffLines } from './line-diff.ts';
export { newDashboard } from './new-dashboard.ts';
export { newPanel, type NewPanelWish } from './new-panel.ts';
export { isList, isObject } from './read-cursor.ts';
export { readDashboard, unwrapDashboard } from './read-dashboard.ts';
export { isDashboardResource } from './read-resource.ts';
export { neededCode, type NeededCode } from './needed-code.ts';
export { noFieldSettings } from './read-field-settings.ts';
export { type DashboardSummary, describeDashboard } from './read-summary.ts';
export * from './ad-hoc-filter.ts';
export * from './annotation-marks.ts';
export { formatDate } from './date-format.ts';
export {
  compilePattern,
  type FilePattern,
  type PatternMatch,
  type PatternResult,
} from './file-pattern.ts';
export * from './interpolate.ts';
export type { DataValue } from './built-in-variables.ts';
export * from './intervals.ts';
export { collectPanels, type CollectAsked, withoutSecrets } from './collect-snapshot.ts';
export * from './panel-requests.ts';
export { exportableJson } from './exportable-json.ts';
export { shareableJson } from './shareable-json.ts';
export { SharedFileSizeError, writeSharedFile } from './shared-file.ts';
export * from './snapshot.ts';
export { partOfSnapshot } from './snapshot-part.ts';
export { describeVariables } from './snapshot-variables.ts';
export * from './repeats.ts';
export * from './resolve-variables.ts';
export * from './time-range.ts';
export { timeZoneName, type WallTime } from './time-zone.ts';
export * from './variable-options.ts';
export * from './variable-order.ts';
export * from './variable-query.ts';
export * from './variable-query-form.ts';
export { type VariableUses, variableUses } from './variable-uses.ts';
export type { AnsweredQuery } from './answered-query.ts';
export {
  type AnsweredData,
  columnsOfData,
  columnsOfSeries,
  dataOfColumns,
  type SeriesColumns,
} from './answered-columns.ts';
export { readAnswer } from './read-answer.ts';
export { type Cell, cellAt, cellText } from './frame-columns.ts';
export {
  type AnsweredPart,
  type AnsweredRange,
  type FramesOfAnswer,
  framesOfAnswers,
} from './frames.ts';
export { expandDisplayName, fieldNames } from './legend.ts';
export {
  keepsUnit,
  type ReducedValue,
  reduceField,
  reducerChoices,
  reducerId,
  reducerName,
} from './reducers.ts';
export { type FormattedValue, formatText, type UnitContext } from './units.ts';
export { schemeColours, schemeSteps } from './colour-schemes.ts';
export {
  cssColour,
  hexOf,
  luminance,
  mixColours,
  parseColour,
  type Rgba,
  textColourOn,
  withOpacity,
} from './colours.ts';
export { type FieldMatcher, type MatchedField } from './field-matchers.ts';
export { type FieldValues, fieldValues } from './field-values.ts';
export {
  darkPalette,
  lightPalette,
  nameHash,
  placeColours,
  seriesColours,
} from './series-colours.ts';
export { type PatternGroups, type TextPattern, textPattern } from './text-pattern.ts';
export { absoluteSteps, fractionOf, type ValueRange } from './thresholds.ts';
export {
  cellStyle,
  numericRange,
  seriesStyleColour,
  settingsRange,
  type StyleContext,
  type ValueStyle,
  valueStyle,
} from './value-style.ts';
export type { Trend } from './transform-time-series-table.ts';
export { transformFrames } from './transformations.ts';
