// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/sql/sqlscript.h"

#include <Qsci/qsciscintilla.h>

#include <memory>

namespace turnstone {

/// A field for SQL: coloured by the engine's own grammar, completed from the catalog, with a squiggle under what an engine
/// complained about. Offsets count UTF-16 units as everywhere; Scintilla counts bytes. GUI thread only.
class SqlEditor final : public QsciScintilla
{
    Q_OBJECT

public:
    SqlEditor(SqlDialect dialect, std::shared_ptr<const Catalog> catalog, QWidget *parent = nullptr);
    ~SqlEditor() override;

    QString script() const { return text(); }
    void setScript(const QString &script, qsizetype cursor = 0);
    qsizetype cursor() const;
    /// From and length of what is marked; length 0 if nothing.
    std::pair<qsizetype, qsizetype> marked() const;
    /// In place of what is marked, or at the cursor.
    void insertText(const QString &piece);

    void showMistake(qsizetype offset);
    void clearMistake();
    /// A faint ground behind the statement that would run.
    void showStatement(qsizetype from, qsizetype length);

public slots:
    void complete();

signals:
    void runRequested();
    void runAllRequested();

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    class Colouring;

    void applyTheme();
    void completeAfter(int character);
    long bytesAt(qsizetype offset) const;

    const SqlDialect m_dialect;
    const std::shared_ptr<const Catalog> m_catalog;
    std::unique_ptr<Colouring> m_colouring;
};

} // namespace turnstone
