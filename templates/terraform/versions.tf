# {{ generator }}
# The project must have these APIs enabled (.googleapis.com): {{ requirements.apis | join(", ") }}.
# Applying requires these roles: {% for role in requirements.roles %}{{ role }}
{%- if loop.last %}.{% elif loop.index == 3 %},
# {% else %}, {% endif %}
{%- endfor %}

terraform {
  required_version = ">= 1.5"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.27, < 8.0"
    }
  }
{%- if let Some(backend) = backend %}

  backend "gcs" {
    bucket = {{ backend.bucket | hcl }}
{%- if !backend.prefix.is_empty() %}
    prefix = {{ backend.prefix | hcl }}
{%- endif %}
  }
{%- endif %}
}
{%- if !module %}

provider "google" {
  project = {{ project | hcl }}
  region  = {{ region | hcl }}
}
{%- endif %}

# Set on every resource that supports labels.
locals {
{%- if !labels.is_empty() %}
  labels = {
{%- for (key, value) in labels %}
    {{ key | hcl_key }} = {{ value | hcl }}
{%- endfor %}
  }
{%- else %}
  labels = {}
{%- endif %}
}
