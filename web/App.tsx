import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ApiError } from './api/client.ts';
import { usePrintStage } from './shell/printing.ts';
import { Shell } from './shell/Shell.tsx';
import { theme } from './theme.ts';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      staleTime: 5000,
      // Only what may pass by itself is tried again; a wrong query stays wrong.
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && error.code === 'unreachable',
    },
  },
});

const schemeManager = localStorageColorSchemeManager({ key: 'mantine-color-scheme-value' });

export function App(): ReactElement {
  const isPrinting = usePrintStage() === 'printing';
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemeManager}
      {...(isPrinting ? { forceColorScheme: 'light' } : {})}
    >
      <QueryClientProvider client={queryClient}>
        <Shell />
      </QueryClientProvider>
    </MantineProvider>
  );
}
