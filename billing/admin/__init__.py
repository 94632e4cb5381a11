"""The admin screens of whatever has to do with yen: notices and incidents with what they cost, months, invoices, reports."""

import billing.admin.book.uploads
import billing.admin.document.admin
import billing.admin.document.letters
import billing.admin.forecast.admin
import billing.admin.incident.admin
import billing.admin.invoice.document
import billing.admin.invoice.group
import billing.admin.invoice.marks
import billing.admin.invoice.party
import billing.admin.invoice.receipts
import billing.admin.kit.help
import billing.admin.month.check
import billing.admin.month.closed
import billing.admin.month.held
import billing.admin.month.line
import billing.admin.month.parked
import billing.admin.month.proposal
import billing.admin.notice.abolition
import billing.admin.notice.admin
import billing.admin.reports.exports
import billing.admin.reports.journals  # noqa: F401
