// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/tablerowmodel.h"
#include "tests/support/testfiles.h"
#include "tests/unit/views/shell/windowfixture.h"
#include "views/browse/tablepanel.h"
#include "views/query/sqleditor.h"
#include "views/shell/mainwindow.h"

#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

namespace turnstone {

/// A window on a demo database of its own, and its controls by name. A test derives from it.
class EditingWindow : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

protected:
    void open(const QString &system, const QString &path, bool readOnly = false);
    void openAgain(const QString &path, bool readOnly);
    void trigger(const QString &action) { m_window->findChild<QAction *>(action)->trigger(); }
    TablePanel *panel() const { return qobject_cast<TablePanel *>(m_window->findChild<QTabWidget *>(QStringLiteral("tabs"))->currentWidget()); }
    QTableView *rows() const { return panel()->findChild<QTableView *>(QStringLiteral("rows")); }
    int column(const QString &name) const
    {
        for (int i = 0; i < rows()->model()->columnCount(); ++i) {
            if (rows()->model()->headerData(i, Qt::Horizontal).toString() == name)
                return i;
        }
        return -1;
    }
    void choose(int row, const QString &name) { rows()->setCurrentIndex(rows()->model()->index(row, column(name))); }
    QString shown(int row, const QString &name) const { return rows()->model()->index(row, column(name)).data().toString(); }
    QString stored(const QString &sql) const { return sqlValue(m_path, sql); }
    /// The rows of a query, once they are there and it is known what can be edited.
    QTableView *runQuery(const QString &sql)
    {
        trigger(QStringLiteral("panel.sql"));
        auto *editor = m_window->findChild<SqlEditor *>();
        editor->setScript(sql, 0);
        m_window->findChild<QToolButton *>(QStringLiteral("runStatement"))->click();
        const auto isKnown = [this] { return find<QLabel>(QStringLiteral("resultState")) != nullptr && find<QLabel>(QStringLiteral("resultState"))->text().contains(QStringLiteral("can be edited")); };
        if (!QTest::qWaitFor(isKnown, 20'000))
            return nullptr;
        auto *result = find<QTableView>(QStringLiteral("resultRows"));
        const auto isHere = [result] { return result->model()->index(1, 0).data(TableRowModel::KindRole).isValid(); };
        return QTest::qWaitFor(isHere, 20'000) ? result : nullptr;
    }
    QString message() const { return find<QLabel>(QStringLiteral("messageText")) != nullptr ? find<QLabel>(QStringLiteral("messageText"))->text() : QString(); }
    template<typename T>
    T *find(const QString &name) const
    {
        const QList<T *> all = m_window->findChildren<T *>(name);
        for (T *each : all) {
            if (each->isVisible())
                return each;
        }
        return nullptr;
    }
    void press(const QString &name)
    {
        QTRY_VERIFY2(find<QPushButton>(name) != nullptr && find<QPushButton>(name)->isEnabled(), qPrintable(name));
        find<QPushButton>(name)->click();
    }
    /// Of the large editor; the record has a field of that name, too.
    QPlainTextEdit *largeText() const { return find<QDialog>(QStringLiteral("valueDialog")) != nullptr ? find<QDialog>(QStringLiteral("valueDialog"))->findChild<QPlainTextEdit *>(QStringLiteral("valueText")) : nullptr; }
    void reload()
    {
        panel()->reload();
        QTRY_VERIFY(rows()->model()->index(0, 0).data(TableRowModel::KindRole).isValid());
    }
    void back(int tab) { m_window->findChild<QTabWidget *>(QStringLiteral("tabs"))->setCurrentIndex(tab); }
    int tab() const { return m_window->findChild<QTabWidget *>(QStringLiteral("tabs"))->currentIndex(); }
    void save()
    {
        trigger(QStringLiteral("edit.save"));
        press(QStringLiteral("saveEdits"));
    }

    std::unique_ptr<WindowFixture> m_fixture;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

} // namespace turnstone
