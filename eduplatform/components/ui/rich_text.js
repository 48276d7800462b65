// The one place where HTML from the server is put into a page. The server has cleaned it (security/rich_text.py).
import { createElement } from "react";

export const RichText = ({ html, ...rest }) => createElement("div", { ...rest, dangerouslySetInnerHTML: { __html: html ?? "" } });
