import { describe, expect, it } from 'vitest';
import { type PageParams, parsePageParams, printPageParams } from './page-params.ts';

describe('parameters of a dashboard', () => {
  it.each([
    ['', { viewPanel: '', isKiosk: false, refresh: undefined }],
    ['viewPanel=12&kiosk', { viewPanel: '12', isKiosk: true, refresh: undefined }],
    ['viewPanel=panel-7&kiosk=tv', { viewPanel: '7', isKiosk: true, refresh: undefined }],
    ['panelId=2&fullscreen', { viewPanel: '2', isKiosk: false, refresh: undefined }],
    ['panelId=2', { viewPanel: '', isKiosk: false, refresh: undefined }],
    ['refresh=5s&kiosk=false&orgId=1', { viewPanel: '', isKiosk: false, refresh: '5s' }],
    ['refresh=false', { viewPanel: '', isKiosk: false, refresh: '' }],
    ['', { isEditing: false, editPanel: undefined, editView: undefined }],
    ['edit&editPanel=12&editview=json', { isEditing: true, editPanel: 12, editView: 'json' }],
    ['kiosk', { hidesTime: false, hidesVariables: false, hidesLinks: false }],
    [
      '_dash.hideTimePicker&_dash.hideVariables=true&_dash.hideLinks=false',
      { hidesTime: true, hidesVariables: true, hidesLinks: false },
    ],
    ['inspect=2&inspectTab=query', { inspected: { panelKey: '2', tab: 'query' } }],
    ['inspect=panel-7&inspectTab=stats', { inspected: { panelKey: '7', tab: 'data' } }],
    ['inspect=', { inspected: undefined }],
    ['editPanel=panel-7&editview=other', { editPanel: 7, editView: undefined }],
  ])('%j', (search, expected) => {
    expect(parsePageParams(new URLSearchParams(search))).toMatchObject(expected);
  });

  const changes: readonly [string, Partial<PageParams>, string][] = [
    ['from=now-1h&panelId=2&fullscreen', { viewPanel: '' }, 'from=now-1h'],
    ['from=now-1h', { viewPanel: '3' }, 'from=now-1h&viewPanel=3'],
    ['kiosk=tv&var-a=1&var-a=2', { isKiosk: false }, 'var-a=1&var-a=2'],
    ['', { refresh: '' }, 'refresh='],
    ['edit=1&editPanel=3', { editPanel: undefined }, 'edit=1'],
    ['', { isEditing: true, editView: 'json' }, 'edit=1&editview=json'],
    ['', { inspected: { panelKey: '2:a=b', tab: 'json' } }, 'inspect=2%3Aa%3Db&inspectTab=json'],
    ['inspect=2&inspectTab=json&kiosk=1', { inspected: undefined }, 'kiosk=1'],
  ];
  it.each(changes)('%j with %j becomes %j', (search, change, expected) => {
    expect(printPageParams(new URLSearchParams(search), change).toString()).toBe(expected);
  });
});
