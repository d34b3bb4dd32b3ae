// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSyntaxHighlighter>

namespace turnstone {

/// Colours of JSON in an editor: keys, texts, numbers, words. Works line by line, so a text that was never closed is coloured to
/// the end of its line only.
class JsonHighlighter final : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    explicit JsonHighlighter(QTextDocument *document) : QSyntaxHighlighter(document) {}

    /// Longer documents stay plain: colouring them would hold up typing.
    static constexpr int mostCharacters = 300'000;

protected:
    void highlightBlock(const QString &text) override;
};

} // namespace turnstone
