/** What we use of the vendored pdf.js. */

declare module "pdfjs-dist" {
  export interface Viewport {
    width: number;
    height: number;
  }
  export interface RenderTask {
    promise: Promise<void>;
    cancel(): void;
  }
  export interface PdfPage {
    getViewport(options: { scale: number }): Viewport;
    render(options: { canvasContext: CanvasRenderingContext2D; viewport: Viewport; transform?: number[] }): RenderTask;
    streamTextContent(): ReadableStream;
    cleanup(): void;
  }
  export interface PdfDocument {
    numPages: number;
    getPage(number: number): Promise<PdfPage>;
  }
  export interface LoadingTask {
    promise: Promise<PdfDocument>;
    destroy(): Promise<void>;
  }
  export class TextLayer {
    constructor(options: { textContentSource: ReadableStream; container: HTMLElement; viewport: Viewport });
    render(): Promise<void>;
    cancel(): void;
  }
  export class PDFWorker {
    static fromPort(options: { port: Worker }): PDFWorker;
    destroy(): void;
  }
  export function getDocument(options: {
    url: string;
    httpHeaders?: Record<string, string>;
    worker: PDFWorker;
    isEvalSupported: false;
    enableXfa: false;
    disableAutoFetch: boolean;
    disableStream: boolean;
    rangeChunkSize: number;
    verbosity: number;
  }): LoadingTask;
}
