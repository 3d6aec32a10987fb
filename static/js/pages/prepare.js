import { startPreparation } from "../prepare/page.js";

startPreparation();
