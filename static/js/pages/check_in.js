import { startCheckIn } from "../check_in/page.js";

startCheckIn();
