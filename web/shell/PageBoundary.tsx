import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Notice } from '../components/Notice.tsx';

interface PageBoundaryProps {
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error: Error | undefined;
}

/** Keeps the header usable when a page fails, for example since a newer version replaced its files. */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): PageBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Notice kind="error" title="This page failed">
        <p className="nx-failure-text">{this.state.error.message}</p>
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          Load it again
        </Button>
      </Notice>
    );
  }
}
