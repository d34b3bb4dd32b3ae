// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QTranslator>

namespace turnstone {

/// "1 row" where the program would say "1 rows": the words of every tr() with a %n, for a count of one. Whatever is not said
/// with a count stays as it is. Install one before the first window.
class EnglishPlurals final : public QTranslator
{
    Q_OBJECT

public:
    explicit EnglishPlurals(QObject *parent = nullptr);

    QString translate(const char *context, const char *sourceText, const char *disambiguation = nullptr, int n = -1) const override;
    bool isEmpty() const override { return false; }

private:
    QHash<QByteArray, QString> m_one;
};

} // namespace turnstone
