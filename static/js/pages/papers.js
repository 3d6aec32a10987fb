import "../office/upload.js";
import "../office/order_rows.js";
