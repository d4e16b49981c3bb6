export interface Image {
  readonly url: string;
  readonly caption: string;
  readonly copyright: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

export function renderPage(image: Image): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Image of the day</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #14110f; color: #f4ede4; font: 16px/1.5 system-ui, sans-serif; }
  figure { margin: 1rem; max-width: 60rem; }
  img { width: 100%; border-radius: 0.5rem; }
  figcaption { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; justify-content: space-between; padding-top: 0.5rem; }
</style>
</head>
<body>
<figure>
<img src="${escapeHtml(image.url)}" alt="${escapeHtml(image.caption)}">
<figcaption><strong>${escapeHtml(image.caption)}</strong><span>${escapeHtml(image.copyright)}</span></figcaption>
</figure>
</body>
</html>
`;
}
