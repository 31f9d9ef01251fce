"""Read sources into stories with their own takeaways: feeds, pages, folders, sitemaps and WordPress sites."""

from digest.ingest.fetch import Answer, CannedFetcher, Fetcher, HttpFetcher
from digest.ingest.parse import parse
from digest.ingest.report import SourceReport, SourceState
from digest.ingest.sources import ingest

__all__ = ["ingest", "parse", "SourceReport", "SourceState", "Fetcher", "HttpFetcher", "CannedFetcher", "Answer"]
