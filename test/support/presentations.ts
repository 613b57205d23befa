import { crc32 } from "node:zlib";

type Entries = readonly (readonly [name: string, content: string | Buffer])[];

/** A zip whose entries are stored as they are. */
export function zipOf(entries: Entries): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [title, content] of entries) {
    const [name, data] = [Buffer.from(title), Buffer.from(content)];
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt32LE(crc32(data), 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt32LE(data.length, 22);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    entry.writeUInt16LE(20, 6);
    head.copy(entry, 16, 14, 28);
    entry.writeUInt32LE(at, 42);
    parts.push(head, name, data);
    directory.push(entry, name);
    at += head.length + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  const listed = Buffer.concat(directory);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

const xml = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?>${content}`;
const odf = "urn:oasis:names:tc:opendocument:xmlns";
const odpType = "application/vnd.oasis.opendocument.presentation";

/** An OpenDocument presentation, a text a slide. @param extra markup on every slide */
export function odpOf(texts: readonly string[], extra = ""): Buffer {
  const spaces = ["office", "text"].map((name) => `xmlns:${name}="${odf}:${name}:1.0"`);
  const others = `xmlns:draw="${odf}:drawing:1.0" xmlns:svg="${odf}:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"`;
  const place = `svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="4cm"`;
  const slides = texts.map(
    (text, index) =>
      `<draw:page draw:name="p${index}"><draw:frame ${place}><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame>${extra}</draw:page>`,
  );
  const body = `<office:body><office:presentation>${slides.join("")}</office:presentation></office:body>`;
  const files = [
    `<m:file-entry m:full-path="/" m:media-type="${odpType}"/>`,
    `<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>`,
  ];
  return zipOf([
    ["mimetype", odpType],
    [
      "content.xml",
      xml(
        `<office:document-content ${spaces.join(" ")} ${others} office:version="1.2">${body}</office:document-content>`,
      ),
    ],
    [
      "META-INF/manifest.xml",
      xml(
        `<m:manifest xmlns:m="${odf}:manifest:1.0" m:version="1.2">${files.join("")}</m:manifest>`,
      ),
    ],
  ]);
}

const relationTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const relations = (content: string): string =>
  xml(
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${content}</Relationships>`,
  );
const relation = (type: string, target: string, more = ""): string =>
  `<Relationship Id="rId1" Type="${relationTypes}/${type}" Target="${target}"${more}/>`;

export interface Outside {
  readonly type: string;
  readonly target: string;
  /** What of the slide names the relation, as `rId1`. */
  readonly markup?: string;
  /** Of the slide; `slides` where it is not said. */
  readonly folder?: string;
}

/** A PowerPoint presentation of one slide. @param outside a relation of the slide to something elsewhere */
export function pptxOf(text: string, outside?: Outside): Buffer {
  const p = `xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="${relationTypes}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"`;
  const main = "application/vnd.openxmlformats-officedocument.presentationml";
  const group = `<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`;
  const box = `<p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="500000" y="500000"/><a:ext cx="7000000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>`;
  const words = `<p:txBody><a:bodyPr/><a:p><a:r><a:rPr sz="2400"/><a:t>${text}</a:t></a:r></a:p></p:txBody>`;
  const folder = outside?.folder ?? "slides";
  const types = [
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`,
    `<Override PartName="/ppt/presentation.xml" ContentType="${main}.presentation.main+xml"/>`,
    `<Override PartName="/ppt/${folder}/slide1.xml" ContentType="${main}.slide+xml"/>`,
  ];
  const away =
    outside === undefined ? "" : relation(outside.type, outside.target, ` TargetMode="External"`);
  return zipOf([
    [
      "[Content_Types].xml",
      xml(
        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${types.join("")}</Types>`,
      ),
    ],
    ["_rels/.rels", relations(relation("officeDocument", "ppt/presentation.xml"))],
    [
      "ppt/presentation.xml",
      xml(
        `<p:presentation ${p}><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst><p:sldSz cx="9144000" cy="5143500"/></p:presentation>`,
      ),
    ],
    ["ppt/_rels/presentation.xml.rels", relations(relation("slide", `${folder}/slide1.xml`))],
    [
      `ppt/${folder}/slide1.xml`,
      xml(
        `<p:sld ${p}><p:cSld><p:spTree>${group}<p:sp>${box}${words}</p:sp>${outside?.markup ?? ""}</p:spTree></p:cSld></p:sld>`,
      ),
    ],
    [`ppt/${folder}/_rels/slide1.xml.rels`, relations(away)],
  ]);
}
