// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/commandline.h"

#include <QByteArray>
#include <QJsonDocument>
#include <QStringList>

namespace turnstone {

/// Runs a command line in this process and keeps what it wrote.
struct CliRun
{
    QByteArray out;
    QByteArray err;
    int code = -1;

    explicit CliRun(const QStringList &words, std::stop_token stop = {})
    {
        std::vector<std::string> arguments;
        for (const QString &word : words)
            arguments.push_back(word.toStdString());
        cli::Streams streams;
        streams.out = [this](QByteArrayView bytes) -> Result<> {
            out.append(bytes);
            return {};
        };
        streams.err = [this](QByteArrayView bytes) { err.append(bytes); };
        code = cli::runCommandLine(arguments, streams, stop);
    }
    QJsonDocument json() const { return QJsonDocument::fromJson(out); }
};

} // namespace turnstone
