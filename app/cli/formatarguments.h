// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/transfer/formatoptions.h"

#include <CLI/CLI.hpp>

#include <string>

namespace turnstone::cli {

/// The words that say how rows are written.
class FormatArguments
{
public:
    void declare(CLI::App &command);
    /// Errors: InvalidInput.
    [[nodiscard]] Result<FormatOptions> options() const;
    QString format() const { return QString::fromStdString(m_format); }

private:
    std::string m_format = "csv";
    std::string m_null;
    std::string m_separator;
    std::string m_quote = "needed";
    std::string m_blobs = "usual";
    std::string m_json = "nested";
    std::string m_times = "stored";
    bool m_noHeader = false;
    bool m_mark = false;
    bool m_crlf = false;
};

/// "tab", "\t" or one character of ASCII; errors: InvalidInput.
[[nodiscard]] Result<char> separatorFrom(const std::string &word);

} // namespace turnstone::cli
