import { leadsToPreparation } from "../prepare/seat.js";
import { startSitePage } from "../site/page.js";
import { takeLinkToken } from "../tab.js";

// Days before the conference the same link leads to the answers and the list of the point; the token stays in the tab.
const wantsToWait = new URLSearchParams(location.search).has("wait");
if (!wantsToWait && (await leadsToPreparation(takeLinkToken()))) location.replace("/prepare");
else startSitePage({ isHall: false });
