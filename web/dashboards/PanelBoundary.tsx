import { Component, type ReactNode } from 'react';

interface PanelBoundaryProps {
  readonly children: ReactNode;
  readonly onFailed: () => void;
}

interface PanelBoundaryState {
  readonly error: Error | undefined;
}

/** A panel that fails leaves the others alone. */
export class PanelBoundary extends Component<PanelBoundaryProps, PanelBoundaryState> {
  override state: PanelBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): PanelBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(): void {
    this.props.onFailed();
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <p className="nx-tile-none nx-tile-failed" role="alert">
        This panel failed: {this.state.error.message}
      </p>
    );
  }
}
