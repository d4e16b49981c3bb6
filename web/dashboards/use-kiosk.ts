import { useEffect } from 'react';

/** What surrounds the dashboard goes out of sight (styles/dashboards.css) while it is on. */
export function useKiosk(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    document.documentElement.dataset['kiosk'] = 'true';
    return () => {
      delete document.documentElement.dataset['kiosk'];
    };
  }, [isOn]);
}
