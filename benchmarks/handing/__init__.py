"""Handing mail to SendGrid, measured."""
