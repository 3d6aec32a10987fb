import { startSitePage } from "../site/page.js";

startSitePage({ isHall: false });
